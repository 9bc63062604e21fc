"""SQL, one module an aggregate. Nothing else in the product writes SQL."""
