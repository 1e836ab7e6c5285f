export { type Hdf5Dataset, type Hdf5File, type Hdf5Group, type Hdf5Object, openHdf5 } from './file.ts'
export { HDF5_SIGNATURE, superblockOffset } from './superblock.ts'
