"""Answers to an editor's questions about a program, as functions of its text and a place in it."""
