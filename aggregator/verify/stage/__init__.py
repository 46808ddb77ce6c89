"""The stage of checking: it alone here touches the store."""
