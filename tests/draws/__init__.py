"""The draws room: addresses, stores, and the way from an ask to a draw."""
