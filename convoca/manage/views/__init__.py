"""The pages behind /manage, by subject."""
