"""A webcam as a scanner: any camera that OpenCV opens, the same JSON as a handheld."""
