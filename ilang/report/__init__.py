"""report: from values to text: diagnostics, results, progress, graphs. Knows what is shown, not how it came about."""
