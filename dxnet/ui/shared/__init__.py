"""What the pages share: the session, the frame and the charts."""
