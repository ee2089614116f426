"""How each publishing platform dresses an article: one module a platform, furniture in the article's language."""
