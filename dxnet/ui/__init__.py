"""The app's pages: widgets make a Case, a Differential makes charts; nothing is computed here."""
