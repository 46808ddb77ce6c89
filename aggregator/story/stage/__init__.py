"""The stages that analyse stories."""
