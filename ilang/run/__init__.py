"""execute: from a Graph and inputs to a Result. Knows no syntax and no checking."""
