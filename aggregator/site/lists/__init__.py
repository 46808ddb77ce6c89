"""Front page, lists, entities, sources and the pages about the site."""
