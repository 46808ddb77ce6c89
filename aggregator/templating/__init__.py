"""Templates and the language of the site."""
