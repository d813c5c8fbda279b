"""What is true outside and never ours to decide: places, roads, calendars, transit."""
