"""What is known of languages: which one a text is in, its words, its stop words, and names in other scripts."""
