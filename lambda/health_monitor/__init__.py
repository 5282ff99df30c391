"""Watches the primary region from the standby region. Decides in `verdict`, acts in `monitor`."""
