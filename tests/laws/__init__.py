"""Laws that hold of every program: the evaluators agree, the store reuses, stages keep their algebra, passes their meaning."""
