"""The estate as static pages: what was surveyed, pictures of it, and one template a kind of page."""
