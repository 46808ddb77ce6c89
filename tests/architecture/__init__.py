"""Tests: rules that the code keeps everywhere."""
