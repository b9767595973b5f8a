"""What pytest loads before it reads the settings."""
