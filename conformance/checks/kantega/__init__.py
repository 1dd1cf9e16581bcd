"""What the guide of Kantega SSO promises: its app in the emulator acts."""
