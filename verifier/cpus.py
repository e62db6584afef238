"""How many processes can run at once: the one answer for the batch run and the service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

CPU_QUOTA: Final = Path("/sys/fs/cgroup/cpu.max")


def available_cpus(quota: Path = CPU_QUOTA) -> int:
    """How many CPUs this process may use: those it is bound to, and no more than its container is given."""
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        share, period = quota.read_text().split()
        return max(1, min(cpus, -(-int(share) // int(period))))
    except (OSError, ValueError):  # no container, or one without a limit, which reads "max 100000"
        return cpus
