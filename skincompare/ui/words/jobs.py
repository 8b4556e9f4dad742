"""Words on long work."""

__all__ = ["CANCEL", "CANCELLED", "DISMISS", "STOPPING", "done", "progress"]

CANCEL = "Stop"
STOPPING = "Stopping …"
CANCELLED = "Stopped. What was done before is kept."
DISMISS = "OK"


def progress(title: str, step: str) -> str:
    """Return what stands over the bar."""
    return f"{title}: {step}" if step else f"{title} …"


def done(title: str) -> str:
    """Return what stands where a job was that has ended well."""
    return f"{title}: done."
