"""How far two-factor authentication and Trusted Publishing reach the Python packages that everybody depends on."""
