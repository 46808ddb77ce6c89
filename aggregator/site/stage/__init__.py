"""The stage that builds and publishes the site."""
