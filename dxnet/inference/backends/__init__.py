"""Engines that compute P(diagnosis | findings), and the registry of them."""
