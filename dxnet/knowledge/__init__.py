"""What does a network state? Its types, its files, and what keeps it from being built."""
