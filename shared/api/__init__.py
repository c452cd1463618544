"""The wire: requests, responses, credentials, and problems as answers."""
