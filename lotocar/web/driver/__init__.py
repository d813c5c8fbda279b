"""The driver's door: offering trips, the private page, answering an approach."""
