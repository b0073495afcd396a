"""The mobile gateway: what the platform's account shares, and what each institution has there."""
