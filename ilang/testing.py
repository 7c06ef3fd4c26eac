"""For the authors of backends: the laws that a backend must pass, to be subclassed in its tests."""

from ilang.backend.laws.backend_laws import BackendLaws

__all__ = ["BackendLaws"]
