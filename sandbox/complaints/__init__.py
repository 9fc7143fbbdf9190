"""Complaints at the desks of the CSC and of dealers: cases as Cheqiao tells of them, and the steps that their people ask for."""
