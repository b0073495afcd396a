"""What an institution is entitled to: frozen, strict pydantic models."""
