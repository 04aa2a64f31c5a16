"""Two languages: names, dates, numbers, matching of Japanese and English text."""
