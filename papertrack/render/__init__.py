"""Papers, tags and figures to Rich renderables. Prints nothing."""
