"""The archive for AI agents, over the Model Context Protocol."""
