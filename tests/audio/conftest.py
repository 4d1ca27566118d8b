"""The bench's measures, so that tests judge the very figures that the bench prints."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

_MEASURES = Path(__file__).parents[2] / "bench" / "sound_measures.py"


@pytest.fixture(scope="session")
def measure() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sound_measures", _MEASURES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
