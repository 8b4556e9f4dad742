"""Face, regions, scale, alignment and light: from pixels to comparable skin."""
