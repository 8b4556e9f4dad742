"""Every sentence that a screen shows, one module a page or widget."""
