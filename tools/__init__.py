"""What `make` calls. No part of Convoca imports it."""
