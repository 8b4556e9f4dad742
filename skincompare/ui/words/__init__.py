"""Every sentence that a screen shows, one module for each page or part: what a translation replaces."""
