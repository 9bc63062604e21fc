"""Tools of the tree itself: the demo, its pictures, and the packages."""
