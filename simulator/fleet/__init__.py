"""Many machines and a day in a minute: a script out of a seed, carried out, and counted at the end."""
