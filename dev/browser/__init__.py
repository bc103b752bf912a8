"""A headless Chromium: found or fetched, and told what to do."""
