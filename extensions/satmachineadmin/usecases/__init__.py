"""What people do: one module a matter. Each checks who may, decides, and writes in one transaction."""
