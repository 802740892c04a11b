"""Tests, in the order of core/. A package, because a dependency ships one of that name as well."""
