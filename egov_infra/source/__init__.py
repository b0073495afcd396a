"""Read files with positions; diagnostics that name file, line and column."""
