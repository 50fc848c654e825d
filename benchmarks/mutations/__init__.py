"""Debts put into real code on purpose, one injector a rule."""
