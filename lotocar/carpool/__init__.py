"""What people promise each other. Rooms know those further down: rides, matching, trips beside requests, communities, people."""
