"""ONNX's protobuf classes are imported without the rest of onnx: its checker and numpy take three times as long to import."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx.onnx_ml_pb2 import (
        AttributeProto,
        FunctionProto,
        GraphProto,
        ModelProto,
        NodeProto,
        OperatorSetIdProto,
        StringStringEntryProto,
        TensorProto,
        ValueInfoProto,
    )
else:
    from types import ModuleType

    def _classes() -> ModuleType:
        """Import the generated module alone; protobuf gives the same classes to a later import of all of onnx."""
        from importlib.util import find_spec, module_from_spec, spec_from_file_location
        from os.path import isfile, join

        name = "onnx.onnx_ml_pb2"
        if name in sys.modules:
            return sys.modules[name]
        package = find_spec("onnx")
        places = (package.submodule_search_locations or ()) if package else ()
        for path in (join(place, "onnx_ml_pb2.py") for place in places):
            if isfile(path):
                spec = spec_from_file_location(name, path)
                module = module_from_spec(spec)
                spec.loader.exec_module(module)
                return module
        from importlib import import_module

        return import_module(name)

    _MODULE = _classes()
    AttributeProto = _MODULE.AttributeProto
    FunctionProto = _MODULE.FunctionProto
    GraphProto = _MODULE.GraphProto
    ModelProto = _MODULE.ModelProto
    NodeProto = _MODULE.NodeProto
    OperatorSetIdProto = _MODULE.OperatorSetIdProto
    StringStringEntryProto = _MODULE.StringStringEntryProto
    TensorProto = _MODULE.TensorProto
    ValueInfoProto = _MODULE.ValueInfoProto

__all__ = [
    "AttributeProto",
    "FunctionProto",
    "GraphProto",
    "ModelProto",
    "NodeProto",
    "OperatorSetIdProto",
    "StringStringEntryProto",
    "TensorProto",
    "ValueInfoProto",
]
