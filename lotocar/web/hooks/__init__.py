"""The door of Twilio and others who knock: signatures first."""
