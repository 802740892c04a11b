"""What an option costs and what it is worth against another. Pure: figures in, figures out."""
