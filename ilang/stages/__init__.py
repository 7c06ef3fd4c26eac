"""What each stage means. Knows candidates, pools and values; not who draws, judges or schedules."""
