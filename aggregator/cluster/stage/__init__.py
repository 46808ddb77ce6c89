"""The stage that gives articles their stories."""
